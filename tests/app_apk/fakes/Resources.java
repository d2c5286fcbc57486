package android.content.res;

import android.util.DisplayMetrics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The texts that the test gives it. */
public class Resources {
    private final List<String> texts = new ArrayList<String>();
    private final Map<String, Integer> ids = new HashMap<String, Integer>();
    public final Configuration configuration = new Configuration();

    public void add(String name, String text) {
        texts.add(text);
        ids.put(name, texts.size());
    }

    public Configuration getConfiguration() {
        return configuration;
    }

    public DisplayMetrics getDisplayMetrics() {
        return new DisplayMetrics();
    }

    public int getIdentifier(String name, String type, String folder) {
        return ids.getOrDefault(name, 0);
    }

    public String getString(int id, Object... values) {
        if (id == 0) throw new IllegalArgumentException("no such text");
        return String.format(texts.get(id - 1), values);
    }
}
