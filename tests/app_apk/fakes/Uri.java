package android.net;

import java.io.File;

/** A file. */
public class Uri {
    public final File file;

    public Uri(File file) {
        this.file = file;
    }
}
