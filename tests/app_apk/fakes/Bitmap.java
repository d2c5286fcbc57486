package android.graphics;

import java.nio.Buffer;
import java.nio.ByteBuffer;

/** Pixels as alpha, red, green, blue from the top down. */
public final class Bitmap {
    public enum Config {
        ARGB_8888
    }

    private final int width;
    private final int height;
    private final int[] pixels;

    private Bitmap(int width, int height, int[] pixels) {
        this.width = width;
        this.height = height;
        this.pixels = pixels;
    }

    public static Bitmap createBitmap(int width, int height, Config config) {
        return new Bitmap(width, height, new int[width * height]);
    }

    public static Bitmap createBitmap(int[] colours, int width, int height, Config config) {
        return new Bitmap(width, height, colours.clone());
    }

    public static Bitmap createBitmap(Bitmap of, int x, int y, int width, int height, Matrix matrix, boolean filter) {
        throw new UnsupportedOperationException("turning");
    }

    public int getWidth() {
        return width;
    }

    public int getHeight() {
        return height;
    }

    public void copyPixelsToBuffer(Buffer to) {
        ByteBuffer bytes = (ByteBuffer) to;
        for (int p : pixels) bytes.put((byte) (p >> 16)).put((byte) (p >> 8)).put((byte) p).put((byte) (p >>> 24));
    }

    public void copyPixelsFromBuffer(Buffer from) {
        ByteBuffer bytes = (ByteBuffer) from;
        for (int i = 0; i < pixels.length; ++i) {
            int red = bytes.get() & 255;
            int green = bytes.get() & 255;
            int blue = bytes.get() & 255;
            pixels[i] = (bytes.get() & 255) << 24 | red << 16 | green << 8 | blue;
        }
    }
}
