package android.media;

import java.nio.ByteBuffer;

public abstract class Image implements AutoCloseable {
    public abstract static class Plane {
        public abstract ByteBuffer getBuffer();

        public abstract int getPixelStride();

        public abstract int getRowStride();
    }

    @Override
    public abstract void close();

    public abstract int getWidth();

    public abstract int getHeight();

    public abstract Plane[] getPlanes();
}
