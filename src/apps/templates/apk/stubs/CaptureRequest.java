package android.hardware.camera2;

import android.view.Surface;

public final class CaptureRequest extends CameraMetadata<CaptureRequest.Key<?>> {
    public static final class Key<T> {}

    public static final Key<Integer> CONTROL_AF_MODE = new Key<Integer>();

    public static final class Builder {
        public void addTarget(Surface target) {}

        public CaptureRequest build() {
            return null;
        }

        public <T> void set(Key<T> key, T value) {}
    }
}
