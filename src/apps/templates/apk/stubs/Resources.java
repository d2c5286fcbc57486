package android.content.res;

import android.util.DisplayMetrics;

public class Resources {
    public Configuration getConfiguration() {
        return null;
    }

    public DisplayMetrics getDisplayMetrics() {
        return null;
    }

    public int getIdentifier(String name, String type, String folder) {
        return 0;
    }

    public String getString(int id, Object... values) {
        return "";
    }
}
