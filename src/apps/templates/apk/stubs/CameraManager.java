package android.hardware.camera2;

import android.os.Handler;

public final class CameraManager {
    public String[] getCameraIdList() throws CameraAccessException {
        return new String[0];
    }

    public CameraCharacteristics getCameraCharacteristics(String id) throws CameraAccessException {
        return null;
    }

    public void openCamera(String id, CameraDevice.StateCallback callback, Handler handler) throws CameraAccessException {}
}
