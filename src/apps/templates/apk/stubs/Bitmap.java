package android.graphics;

import java.nio.Buffer;

public final class Bitmap {
    public enum Config {
        ARGB_8888
    }

    public static Bitmap createBitmap(int width, int height, Config config) {
        return null;
    }

    public static Bitmap createBitmap(int[] colours, int width, int height, Config config) {
        return null;
    }

    public static Bitmap createBitmap(Bitmap of, int x, int y, int width, int height, Matrix matrix, boolean filter) {
        return null;
    }

    public int getWidth() {
        return 0;
    }

    public int getHeight() {
        return 0;
    }

    public void copyPixelsToBuffer(Buffer to) {}

    public void copyPixelsFromBuffer(Buffer from) {}
}
