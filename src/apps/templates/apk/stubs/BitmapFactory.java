package android.graphics;

import java.io.InputStream;

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
        return null;
    }
}
