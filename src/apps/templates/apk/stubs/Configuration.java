package android.content.res;

public final class Configuration {
    public static final int ORIENTATION_LANDSCAPE = 2;
    public int orientation;
}
