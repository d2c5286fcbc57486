package pawprint.app;

import android.content.ContentResolver;
import android.graphics.Bitmap;
import android.graphics.BitmapFactory;
import android.media.ExifInterface;
import android.net.Uri;
import java.io.IOException;
import java.io.InputStream;

/** A photo that was picked, upright as its EXIF orientation says, and not larger than a phone can hold. */
final class PickedPhoto {
    private static final int MOST_PIXELS = 16 << 20;

    private PickedPhoto() {}

    static Photo read(ContentResolver resolver, Uri uri) throws IOException {
        BitmapFactory.Options size = new BitmapFactory.Options();
        size.inJustDecodeBounds = true;
        decode(resolver, uri, size);
        BitmapFactory.Options options = new BitmapFactory.Options();
        options.inPreferredConfig = Bitmap.Config.ARGB_8888;
        options.inSampleSize = sample(size.outWidth, size.outHeight);
        Bitmap bitmap = decode(resolver, uri, options);
        if (bitmap == null) throw new IOException("not a photo");
        return Photo.of(bitmap, degrees(resolver, uri));
    }

    /** The power of two that sides are divided by. */
    static int sample(int width, int height) {
        int by = 1;
        while ((long) (width / by) * (height / by) > MOST_PIXELS) by *= 2;
        return by;
    }

    private static InputStream open(ContentResolver resolver, Uri uri) throws IOException {
        try {
            InputStream stream = resolver.openInputStream(uri);
            if (stream == null) throw new IOException("the photo is gone");
            return stream;
        } catch (SecurityException denied) {
            throw new IOException("the photo may not be read");
        }
    }

    private static Bitmap decode(ContentResolver resolver, Uri uri, BitmapFactory.Options options) throws IOException {
        InputStream stream = open(resolver, uri);
        try {
            return BitmapFactory.decodeStream(stream, null, options);
        } finally {
            stream.close();
        }
    }

    private static int degrees(ContentResolver resolver, Uri uri) throws IOException {
        InputStream stream = open(resolver, uri);
        try {
            int turned = new ExifInterface(stream).getAttributeInt(ExifInterface.TAG_ORIENTATION, 1);
            return turned == 3 ? 180 : turned == 6 ? 90 : turned == 8 ? 270 : 0;
        } catch (IOException none) {
            return 0; // a format without EXIF
        } finally {
            stream.close();
        }
    }
}
