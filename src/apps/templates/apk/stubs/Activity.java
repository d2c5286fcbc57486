package android.app;

import android.content.Context;
import android.content.Intent;
import android.content.res.Configuration;
import android.os.Bundle;
import android.view.View;
import android.view.Window;
import android.view.WindowManager;

public class Activity extends Context {
    public static final int RESULT_OK = -1;

    protected void onCreate(Bundle state) {}

    protected void onStart() {}

    protected void onStop() {}

    protected void onDestroy() {}

    protected void onActivityResult(int request, int result, Intent data) {}

    public void onConfigurationChanged(Configuration configuration) {}

    public void onRequestPermissionsResult(int code, String[] permissions, int[] results) {}

    public final void requestPermissions(String[] permissions, int code) {}

    public void setContentView(View view) {}

    public void setTitle(CharSequence title) {}

    public void startActivityForResult(Intent intent, int request) {}

    public Window getWindow() {
        return new Window();
    }

    public WindowManager getWindowManager() {
        return null;
    }
}
