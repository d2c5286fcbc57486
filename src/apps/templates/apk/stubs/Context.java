package android.content;

import android.content.res.AssetManager;
import android.content.res.Resources;

public abstract class Context {
    public static final String CAMERA_SERVICE = "camera";

    public AssetManager getAssets() {
        return null;
    }

    public Resources getResources() {
        return null;
    }

    public ContentResolver getContentResolver() {
        return null;
    }

    public String getPackageName() {
        return "";
    }

    public Object getSystemService(String name) {
        return null;
    }

    public int checkSelfPermission(String permission) {
        return -1;
    }

    public void startActivity(Intent intent) {}
}
