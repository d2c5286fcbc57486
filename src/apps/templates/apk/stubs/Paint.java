package android.graphics;

public class Paint {
    public static final int ANTI_ALIAS_FLAG = 1;
    public static final int FILTER_BITMAP_FLAG = 2;

    public enum Style {
        FILL,
        STROKE
    }

    public Paint(int flags) {}

    public void setColor(int colour) {}

    public void setStrokeWidth(float width) {}

    public void setStyle(Style style) {}
}
