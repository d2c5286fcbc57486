package android.graphics;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import javax.imageio.ImageIO;

/** Photos by the JVM's own decoder. */
public class BitmapFactory {
    public static class Options {
        public boolean inJustDecodeBounds;
        public boolean inScaled;
        public int inSampleSize;
        public int outWidth;
        public int outHeight;
        public Bitmap.Config inPreferredConfig;
    }

    public static Bitmap decodeStream(InputStream from, Rect padding, Options options) {
        BufferedImage image;
        try {
            image = ImageIO.read(from);
        } catch (IOException broken) {
            return null;
        }
        if (image == null) return null;
        options.outWidth = image.getWidth();
        options.outHeight = image.getHeight();
        if (options.inJustDecodeBounds) return null;
        int[] colours = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        return Bitmap.createBitmap(colours, image.getWidth(), image.getHeight(), options.inPreferredConfig);
    }
}
