package pawprint.app;

import org.json.JSONArray;
import org.json.JSONException;
import org.json.JSONObject;

/** What model.json tells of the model: the one place where the app learns of sizes, labels and rules. */
final class Model {
    /** A photo inside the app, and the scores that the computer that made the app gave it. */
    static final class Golden {
        final String file;
        final float[] scores;

        Golden(String file, float[] scores) {
            this.file = file;
            this.scores = scores;
        }
    }

    final String plan;
    final String why; // null: this model has no map of where it looked
    final String[] labels;
    final double threshold; // a best score below it: not sure
    final double tolerance; // largest difference of a score that the self-test accepts
    final int[] integers; // the preprocessing as Engine.setPhoto takes it
    final double[] reals;
    final Golden[] golden;

    Model(String json) throws JSONException {
        JSONObject root = new JSONObject(json);
        plan = root.getString("plan");
        why = root.isNull("why") ? null : root.getString("why");
        threshold = root.getDouble("threshold");
        tolerance = root.getDouble("tolerance");
        labels = strings(root.getJSONArray("labels"));
        JSONObject p = root.getJSONObject("preprocess");
        integers = new int[] {
            p.getInt("width"), p.getInt("height"), p.getInt("geometry"), p.getInt("resize_short"), p.getInt("filter"),
            p.getInt("color"), p.getInt("pad_value")
        };
        reals = new double[6];
        for (int c = 0; c < 3; ++c) {
            reals[c] = p.getJSONArray("scale").getDouble(c);
            reals[3 + c] = p.getJSONArray("bias").getDouble(c);
        }
        JSONArray photos = root.getJSONArray("golden");
        golden = new Golden[photos.length()];
        for (int i = 0; i < golden.length; ++i) {
            JSONObject photo = photos.getJSONObject(i);
            golden[i] = new Golden(photo.getString("file"), floats(photo.getJSONArray("scores")));
        }
    }

    private static String[] strings(JSONArray array) throws JSONException {
        String[] out = new String[array.length()];
        for (int i = 0; i < out.length; ++i) out[i] = array.getString(i);
        return out;
    }

    private static float[] floats(JSONArray array) throws JSONException {
        float[] out = new float[array.length()];
        for (int i = 0; i < out.length; ++i) out[i] = (float) array.getDouble(i);
        return out;
    }
}
