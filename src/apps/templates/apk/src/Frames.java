package pawprint.app;

import java.nio.ByteBuffer;

/** Camera frames (YUV 4:2:0, full range, BT.601: what Android's cameras give) as upright photos. */
final class Frames {
    private Frames() {}

    /** One plane of a frame: rows and pixels may lie further apart than they are wide. */
    static final class Plane {
        final ByteBuffer data;
        final int rowStride;
        final int pixelStride;

        Plane(ByteBuffer data, int rowStride, int pixelStride) {
            this.data = data;
            this.rowStride = rowStride;
            this.pixelStride = pixelStride;
        }

        int at(int x, int y) {
            return data.get(y * rowStride + x * pixelStride) & 0xFF;
        }
    }

    /** How many degrees clockwise a frame is turned to stand upright on a display that is turned by `display`. */
    static int degrees(int sensor, int display, boolean front) {
        return (front ? sensor + display : sensor - display + 360) % 360;
    }

    /** Of a frame of that size, an upright photo: `before`, where it has the right size, else a new one. */
    static Photo upright(Plane[] yuv, int width, int height, int degrees, Photo before) {
        boolean swapped = degrees == 90 || degrees == 270;
        int outWidth = swapped ? height : width;
        int outHeight = swapped ? width : height;
        boolean fits = before != null && before.width == outWidth && before.height == outHeight;
        Photo photo = fits ? before : new Photo(outWidth, outHeight);
        byte[] row = new byte[4 * outWidth];
        photo.pixels.rewind();
        for (int y = 0; y < outHeight; ++y) {
            for (int x = 0; x < outWidth; ++x) {
                int fromX = degrees == 0 ? x : degrees == 90 ? y : degrees == 180 ? width - 1 - x : width - 1 - y;
                int fromY = degrees == 0 ? y : degrees == 90 ? height - 1 - x : degrees == 180 ? height - 1 - y : x;
                pixel(yuv, fromX, fromY, row, 4 * x);
            }
            photo.pixels.put(row);
        }
        photo.pixels.rewind();
        return photo;
    }

    // 16 bits behind the point: 1.402, 0.344136, 0.714136, 1.772 (JFIF).
    private static void pixel(Plane[] yuv, int x, int y, byte[] to, int at) {
        int luma = (yuv[0].at(x, y) << 16) + (1 << 15);
        int u = yuv[1].at(x >> 1, y >> 1) - 128;
        int v = yuv[2].at(x >> 1, y >> 1) - 128;
        to[at] = clamped((luma + 91881 * v) >> 16);
        to[at + 1] = clamped((luma - 22554 * u - 46802 * v) >> 16);
        to[at + 2] = clamped((luma + 116130 * u) >> 16);
        to[at + 3] = (byte) 255;
    }

    private static byte clamped(int value) {
        return (byte) (value < 0 ? 0 : value > 255 ? 255 : value);
    }
}
