package pawprint.app;

import android.content.Context;

/** The app's words, res/values/strings.xml, by their names: numbers of resources are the package's, not the code's. */
final class Texts {
    private Texts() {}

    static String of(Context context, String name, Object... values) {
        int id = context.getResources().getIdentifier(name, "string", context.getPackageName());
        return context.getResources().getString(id, values);
    }
}
