package android.hardware.camera2;

public abstract class CameraMetadata<K> {
    public static final int LENS_FACING_FRONT = 0;
    public static final int LENS_FACING_BACK = 1;
    public static final int CONTROL_AF_MODE_CONTINUOUS_PICTURE = 4;
}
