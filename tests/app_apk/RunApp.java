package pawprint.app;

import android.app.Activity;
import android.content.Context;
import android.content.Intent;
import android.content.res.AssetManager;
import android.content.res.Configuration;
import android.net.Uri;
import android.os.Handler;
import android.util.Size;
import android.view.View;
import android.view.ViewGroup;
import android.widget.Button;
import android.widget.TextView;
import java.io.File;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** RunApp ASSETS STRINGS_XML: the app's code on this JVM, on the engine's library for this processor. */
final class RunApp {
    private static void expect(boolean true_, String what) {
        if (!true_) throw new AssertionError(what);
    }

    private static void expectEqual(Object got, Object wanted, String what) {
        expect(got.equals(wanted), what + ": " + got + ", expected " + wanted);
    }

    public static void main(String[] words) throws Exception {
        Context.assets = new AssetManager(new File(words[0]));
        NodeList texts = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(words[1]).getElementsByTagName("string");
        for (int i = 0; i < texts.getLength(); ++i) {
            Context.resources.add(((Element) texts.item(i)).getAttribute("name"), texts.item(i).getTextContent());
        }
        frames();
        frameSizes();
        scores();
        SelfTest done = selfTest();
        deniedThenPicked(new File(words[0]));
        noCamera();
        selfTestScreen();
        System.out.println(done.agree + " " + done.all + " " + done.largest);
    }

    // Frames with padded rows and interleaved colours, turned every way: as the definition of YUV says, within rounding.
    private static void frames() {
        int width = 6;
        int height = 4;
        byte[] luma = new byte[height * 10];
        byte[] colours = new byte[2 * 14];
        for (int i = 0; i < luma.length; ++i) luma[i] = (byte) (i * 37);
        for (int i = 0; i < colours.length; ++i) colours[i] = (byte) (i * 53 + 90);
        ByteBuffer uv = ByteBuffer.wrap(colours);
        ByteBuffer v = ((ByteBuffer) uv.duplicate().position(1)).slice();
        Frames.Plane[] yuv = {new Frames.Plane(ByteBuffer.wrap(luma), 10, 1), new Frames.Plane(uv, 14, 2), new Frames.Plane(v, 14, 2)};
        for (int degrees = 0; degrees < 360; degrees += 90) {
            Photo photo = Frames.upright(yuv, width, height, degrees, null);
            expect(photo.width == (degrees % 180 == 0 ? width : height), "width at " + degrees);
            for (int y = 0; y < height; ++y) {
                for (int x = 0; x < width; ++x) {
                    int toX = degrees == 0 ? x : degrees == 90 ? height - 1 - y : degrees == 180 ? width - 1 - x : y;
                    int toY = degrees == 0 ? y : degrees == 90 ? x : degrees == 180 ? height - 1 - y : width - 1 - x;
                    double l = luma[y * 10 + x] & 255;
                    double u = (colours[y / 2 * 14 + x / 2 * 2] & 255) - 128;
                    double w = (colours[y / 2 * 14 + x / 2 * 2 + 1] & 255) - 128;
                    double[] rgb = {l + 1.402 * w, l - 0.344136 * u - 0.714136 * w, l + 1.772 * u};
                    for (int c = 0; c < 3; ++c) {
                        int got = photo.pixels.get(4 * (toY * photo.width + toX) + c) & 255;
                        double wanted = Math.min(Math.max(rgb[c], 0), 255);
                        expect(Math.abs(got - wanted) <= 0.51, degrees + " " + x + "," + y + "," + c + ": " + got + " " + wanted);
                    }
                }
            }
            expect(Frames.upright(yuv, width, height, degrees, photo) == photo, "a new photo for a frame of the same size");
        }
        expectEqual(Frames.degrees(90, 0, false), 90, "back camera, portrait");
        expectEqual(Frames.degrees(90, 90, false), 0, "back camera, landscape");
        expectEqual(Frames.degrees(270, 0, true), 270, "front camera, portrait");
        expectEqual(Frames.degrees(270, 90, true), 0, "front camera, landscape");
    }

    private static void frameSizes() {
        Size[] sizes = {new Size(1920, 1080), new Size(320, 240), new Size(640, 480), new Size(640, 360), new Size(800, 600)};
        expectEqual(CameraFeed.smallest(sizes).getHeight(), 360, "the smallest that is wide enough");
        expectEqual(CameraFeed.smallest(Arrays.copyOfRange(sizes, 1, 2)).getWidth(), 320, "the only one");
        expectEqual(PickedPhoto.sample(4000, 3000), 1, "12 megapixels");
        expectEqual(PickedPhoto.sample(12000, 9000), 4, "108 megapixels");
    }

    private static void scores() {
        float[] three = {0.2f, 0.5f, 0.5f};
        expect(Arrays.equals(Scores.top(three, 3), new int[] {1, 2, 0}), "order");
        expect(Scores.top(new float[] {1, 2}, 3).length == 2, "two classes");
        expect(Scores.smooth(null, three, 0.3f) == three, "the first frame");
        expect(Math.abs(Scores.smooth(new float[] {0, 1}, new float[] {1, 0}, 0.3f)[1] - 0.7f) < 1e-6, "smoothing");
        expect(Double.isNaN(Scores.difference(new float[] {Float.NaN}, new float[] {0})), "NaN differs");
        int[] colours = PhotoView.colours(new Classifier.ClassMap(3, 1, new float[] {-1, 1, 2}));
        expect(colours[0] >>> 24 == 0 && colours[1] >>> 24 == 95 && colours[2] >>> 24 == 190, "the map's colours");
    }

    private static SelfTest selfTest() throws Exception {
        Classifier classifier = new Classifier(Context.assets, 1);
        SelfTest done = SelfTest.run(classifier, Context.assets, null);
        expect(done.passed && done.agree == done.all && done.all == 8, done.agree + " of " + done.all + ", " + done.largest);
        if (classifier.model.why != null) {
            Photo photo = new Photo(50, 40);
            Classifier.ClassMap map = classifier.classify(photo, true).map;
            expect(map.width > 1 && map.values.length == map.width * map.height, "the map's size");
        }
        classifier.close();
        return done;
    }

    private static void collect(View view, List<String> texts) {
        if (view.getVisibility() != View.VISIBLE) return;
        if (view instanceof TextView) texts.add(((TextView) view).getText().toString());
        if (!(view instanceof ViewGroup)) return;
        for (int i = 0; i < ((ViewGroup) view).getChildCount(); ++i) collect(((ViewGroup) view).getChildAt(i), texts);
    }

    private static List<String> texts(Activity activity) {
        List<String> out = new ArrayList<String>();
        collect(activity.content, out);
        return out;
    }

    private static void expectText(Activity activity, String name, Object... values) {
        String wanted = Texts.of(activity, name, values);
        expect(texts(activity).contains(wanted), "no '" + wanted + "' in " + texts(activity));
    }

    private static void press(View view, String text) {
        if (view instanceof Button && ((Button) view).getText().toString().equals(text)) view.performClick();
        if (!(view instanceof ViewGroup)) return;
        for (int i = 0; i < ((ViewGroup) view).getChildCount(); ++i) press(((ViewGroup) view).getChildAt(i), text);
    }

    // Without a camera's permission photos can be picked; the answer is the golden one's.
    private static void deniedThenPicked(File assets) throws Exception {
        MainActivity activity = new MainActivity();
        activity.onCreate(null);
        expectText(activity, "starting");
        activity.onStart();
        Handler.runAll();
        expectEqual(((Activity) activity).asked, 1, "asked for the camera");
        activity.onRequestPermissionsResult(1, new String[] {"camera"}, new int[] {-1});
        expectText(activity, "camera_denied");
        press(activity.content, Texts.of(activity, "start_camera"));
        expectEqual(((Activity) activity).asked, 2, "asked again when the user wants it");
        activity.onRequestPermissionsResult(1, new String[0], new int[0]);
        expectText(activity, "camera_denied");
        press(activity.content, Texts.of(activity, "pick_photo"));
        Classifier classifier = new Classifier(Context.assets, 1);
        Model model = classifier.model;
        classifier.close();
        for (Model.Golden golden : model.golden) {
            activity.onActivityResult(2, Activity.RESULT_OK, new Intent(new Uri(new File(assets, golden.file))));
            Handler.runAll();
            int best = Scores.best(golden.scores);
            boolean sure = golden.scores[best] >= model.threshold;
            expect(texts(activity).contains(sure ? model.labels[best] : Texts.of(activity, "not_sure")), golden.file + ": " + texts(activity));
        }
        activity.onActivityResult(2, Activity.RESULT_OK, new Intent(new Uri(new File(assets, "model.json"))));
        Handler.runAll();
        expectText(activity, "bad_photo");
        activity.onActivityResult(2, Activity.RESULT_OK, new Intent(new Uri(new File(assets, "gone.jpg"))));
        Handler.runAll();
        expectText(activity, "bad_photo");
        Configuration wide = new Configuration();
        wide.orientation = Configuration.ORIENTATION_LANDSCAPE;
        activity.onConfigurationChanged(wide);
        activity.onStop();
        activity.onStart();
        activity.onStop();
        activity.onDestroy();
        Handler.runAll();
    }

    private static void noCamera() {
        Context.permission = 0;
        MainActivity activity = new MainActivity();
        activity.onCreate(null);
        activity.onStart();
        Handler.runAll();
        expectText(activity, "no_camera");
        press(activity.content, Texts.of(activity, "self_test"));
        expectEqual(Context.started.activity, SelfTestActivity.class, "the self-test's screen");
        activity.onDestroy();
        Handler.runAll();
    }

    private static void selfTestScreen() throws Exception {
        SelfTestActivity activity = new SelfTestActivity();
        activity.onCreate(null);
        String passed = Texts.of(activity, "self_test_passed");
        for (int i = 0; i < 600; ++i) {
            Handler.runAll();
            for (String text : texts(activity)) {
                if (text.endsWith(passed)) return;
            }
            Thread.sleep(50);
        }
        throw new AssertionError("the self-test did not pass: " + texts(activity));
    }
}
