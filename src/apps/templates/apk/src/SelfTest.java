package pawprint.app;

import android.content.res.AssetManager;
import android.graphics.Bitmap;
import android.graphics.BitmapFactory;
import java.io.IOException;
import java.io.InputStream;

/** The golden photos on this device: do labels and scores agree with the computer that made the app? */
final class SelfTest {
    /** Told after each photo. */
    interface Listener {
        void tested(int index, Bitmap photo, String label);
    }

    int agree;
    int all;
    double largest;
    boolean passed;

    static SelfTest run(Classifier classifier, AssetManager assets, Listener listener) throws IOException {
        SelfTest out = new SelfTest();
        Model model = classifier.model;
        out.all = model.golden.length;
        for (int i = 0; i < out.all; ++i) {
            Model.Golden golden = model.golden[i];
            Bitmap bitmap = decode(assets, golden.file);
            float[] scores = classifier.classify(Photo.of(bitmap, 0), false).scores;
            if (Scores.best(scores) == Scores.best(golden.scores)) ++out.agree;
            double difference = Scores.difference(scores, golden.scores);
            if (!(difference <= out.largest)) out.largest = difference;
            if (listener != null) listener.tested(i, bitmap, model.labels[Scores.best(scores)]);
        }
        out.passed = out.agree == out.all && out.largest <= model.tolerance;
        return out;
    }

    private static Bitmap decode(AssetManager assets, String file) throws IOException {
        BitmapFactory.Options options = new BitmapFactory.Options();
        options.inPreferredConfig = Bitmap.Config.ARGB_8888;
        options.inScaled = false;
        InputStream stream = assets.open(file);
        try {
            Bitmap bitmap = BitmapFactory.decodeStream(stream, null, options);
            if (bitmap == null) throw new IOException(file + " cannot be read");
            return bitmap;
        } finally {
            stream.close();
        }
    }
}
