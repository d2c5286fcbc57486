package android.content;

import android.content.res.AssetManager;
import android.content.res.Resources;
import android.hardware.camera2.CameraManager;

/** One phone, as the test sets it up. */
public abstract class Context {
    public static final String CAMERA_SERVICE = "camera";

    public static AssetManager assets;
    public static Resources resources = new Resources();
    public static int permission = -1;
    public static Intent started;

    public AssetManager getAssets() {
        return assets;
    }

    public Resources getResources() {
        return resources;
    }

    public ContentResolver getContentResolver() {
        return new ContentResolver();
    }

    public String getPackageName() {
        return "com.example.app";
    }

    public Object getSystemService(String name) {
        return new CameraManager();
    }

    public int checkSelfPermission(String permission) {
        return Context.permission;
    }

    public void startActivity(Intent intent) {
        started = intent;
    }
}
