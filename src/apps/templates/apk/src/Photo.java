package pawprint.app;

import android.graphics.Bitmap;
import android.graphics.Matrix;
import java.nio.ByteBuffer;

/** Upright pixels, red, green, blue and an unused byte each, row by row. */
final class Photo {
    final int width;
    final int height;
    final ByteBuffer pixels; // direct

    Photo(int width, int height) {
        this.width = width;
        this.height = height;
        pixels = ByteBuffer.allocateDirect(4 * width * height);
    }

    /** Turned clockwise by a multiple of 90 degrees. */
    static Photo of(Bitmap bitmap, int degrees) {
        Bitmap upright = bitmap;
        if (degrees != 0) {
            Matrix turn = new Matrix();
            turn.postRotate(degrees);
            upright = Bitmap.createBitmap(bitmap, 0, 0, bitmap.getWidth(), bitmap.getHeight(), turn, false);
        }
        Photo photo = new Photo(upright.getWidth(), upright.getHeight());
        upright.copyPixelsToBuffer(photo.pixels);
        photo.pixels.rewind();
        return photo;
    }

    /** In `before`, where it has the right size, else in a new one. */
    Bitmap bitmap(Bitmap before) {
        boolean fits = before != null && before.getWidth() == width && before.getHeight() == height;
        Bitmap out = fits ? before : Bitmap.createBitmap(width, height, Bitmap.Config.ARGB_8888);
        pixels.rewind();
        out.copyPixelsFromBuffer(pixels);
        pixels.rewind();
        return out;
    }
}
