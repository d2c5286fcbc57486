package pawprint.app;

import android.content.res.AssetFileDescriptor;
import android.content.res.AssetManager;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import org.json.JSONException;

/** The model of the app's assets, ready to answer. Not for two threads at once. */
final class Classifier {
    /** Where a photo speaks for a class: a number for each place of a grid, row by row. */
    static final class ClassMap {
        final int width;
        final int height;
        final float[] values;

        ClassMap(int width, int height, float[] values) {
            this.width = width;
            this.height = height;
            this.values = values;
        }
    }

    static final class Answer {
        float[] scores;
        double milliseconds; // preprocessing and inference
        double[] window; // left, top, width, height of what the model saw, in pixels of the photo
        ClassMap map; // null: not asked for, or there is none
    }

    /** A plan that runs, and the memory that its output is read into. */
    private static final class Runner {
        final long plan;
        final long session;
        final int[] shape;
        final ByteBuffer output;

        Runner(ByteBuffer bytes, int threads) throws IOException {
            plan = Engine.loadPlan(bytes);
            if (plan == 0) throw new IOException(Engine.lastError());
            session = Engine.createSession(plan, threads);
            if (session == 0) throw new IOException(Engine.lastError());
            shape = Engine.shape(plan, 0);
            int count = 1;
            for (int extent : shape) count *= extent;
            output = ByteBuffer.allocateDirect(4 * count).order(ByteOrder.nativeOrder());
        }

        float[] run() throws IOException {
            int count = output.capacity() / 4;
            if (!Engine.run(session) || !Engine.read(session, 0, output, count)) throw new IOException(Engine.lastError());
            float[] out = new float[count];
            output.asFloatBuffer().get(out);
            return out;
        }

        void close() {
            Engine.freeSession(session);
            Engine.freePlan(plan);
        }
    }

    final Model model;
    private final AssetManager assets;
    private final int threads;
    private final Runner main;
    private Runner why; // loaded when it is first asked for

    Classifier(AssetManager assets, int threads) throws IOException {
        this.assets = assets;
        this.threads = threads;
        try {
            model = new Model(text(assets, "model.json"));
        } catch (JSONException broken) {
            throw new IOException("model.json: " + broken.getMessage());
        }
        main = new Runner(mapped(assets, model.plan), threads);
    }

    Answer classify(Photo photo, boolean explain) throws IOException {
        Answer answer = new Answer();
        long begin = System.nanoTime();
        if (!Engine.setPhoto(main.session, model.integers, model.reals, photo.pixels, photo.width, photo.height)) {
            throw new IOException(Engine.lastError());
        }
        answer.scores = main.run();
        answer.milliseconds = (System.nanoTime() - begin) / 1e6;
        answer.window = Engine.window(model.integers, model.reals, photo.width, photo.height);
        if (explain && model.why != null) answer.map = map(Scores.best(answer.scores));
        return answer;
    }

    private ClassMap map(int label) throws IOException {
        if (why == null) why = new Runner(mapped(assets, model.why), threads);
        if (!Engine.take(main.session, 1, why.session)) throw new IOException("the two plans do not fit together");
        float[] all = why.run();
        int height = why.shape[1];
        int width = why.shape[2];
        int classes = why.shape[3];
        float[] values = new float[width * height];
        for (int i = 0; i < values.length; ++i) values[i] = all[i * classes + label];
        return new ClassMap(width, height, values);
    }

    void close() {
        main.close();
        if (why != null) why.close();
    }

    /** Plans lie in the package as they are: mapped, not unpacked. */
    private static ByteBuffer mapped(AssetManager assets, String name) throws IOException {
        AssetFileDescriptor file = assets.openFd(name);
        try {
            // Not its own stream, whose channel counts from the asset's begin on some versions of Android.
            FileInputStream stream = new FileInputStream(file.getFileDescriptor());
            try {
                long from = file.getStartOffset();
                return stream.getChannel().map(FileChannel.MapMode.READ_ONLY, from, file.getLength());
            } finally {
                stream.close();
            }
        } finally {
            file.close();
        }
    }

    private static String text(AssetManager assets, String name) throws IOException {
        InputStream stream = assets.open(name);
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] part = new byte[8192];
            for (int n = stream.read(part); n >= 0; n = stream.read(part)) out.write(part, 0, n);
            return out.toString("UTF-8");
        } finally {
            stream.close();
        }
    }
}
