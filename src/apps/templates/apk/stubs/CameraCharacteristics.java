package android.hardware.camera2;

import android.hardware.camera2.params.StreamConfigurationMap;

public final class CameraCharacteristics extends CameraMetadata<CameraCharacteristics.Key<?>> {
    public static final class Key<T> {}

    public static final Key<Integer> LENS_FACING = new Key<Integer>();
    public static final Key<Integer> SENSOR_ORIENTATION = new Key<Integer>();
    public static final Key<StreamConfigurationMap> SCALER_STREAM_CONFIGURATION_MAP = new Key<StreamConfigurationMap>();

    public <T> T get(Key<T> key) {
        return null;
    }
}
