package pawprint.app;

import android.app.Activity;
import android.graphics.Bitmap;
import android.os.Bundle;
import android.os.Handler;
import android.view.View;
import android.widget.ImageView;
import android.widget.LinearLayout;
import android.widget.ScrollView;
import android.widget.TextView;
import java.io.IOException;
import java.util.Locale;

/** The self-test's screen: each golden photo with its label, and whether all agree. */
public final class SelfTestActivity extends Activity implements SelfTest.Listener {
    private final Handler main = new Handler(android.os.Looper.getMainLooper());
    private LinearLayout list;
    private TextView result;
    private volatile boolean left;

    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        setTitle(Texts.of(this, "self_test"));
        list = new LinearLayout(this);
        list.setOrientation(LinearLayout.VERTICAL);
        int space = Math.round(12 * getResources().getDisplayMetrics().density);
        list.setPadding(space, space, space, space);
        result = new TextView(this);
        result.setTextSize(20);
        result.setAccessibilityLiveRegion(View.ACCESSIBILITY_LIVE_REGION_POLITE);
        result.setText(Texts.of(this, "starting"));
        list.addView(result);
        ScrollView root = new ScrollView(this);
        root.setFitsSystemWindows(true);
        root.addView(list);
        setContentView(root);
        new Thread("self-test") {
            @Override
            public void run() {
                test();
            }
        }.start();
    }

    @Override
    protected void onDestroy() {
        left = true;
        super.onDestroy();
    }

    private void test() {
        try {
            Classifier classifier = new Classifier(getAssets(), 1);
            try {
                tell(words(SelfTest.run(classifier, getAssets(), this), classifier.model.tolerance));
            } finally {
                classifier.close();
            }
        } catch (IOException broken) {
            tell(Texts.of(this, "load_failed", broken.getMessage()));
        }
    }

    private String words(SelfTest done, double tolerance) {
        String largest = String.format(Locale.getDefault(), "%.1e", done.largest);
        String numbers = Texts.of(this, "self_test_result", done.agree, done.all, largest);
        String limit = String.format(Locale.getDefault(), "%s", tolerance);
        return numbers + " " + (done.passed ? Texts.of(this, "self_test_passed") : Texts.of(this, "self_test_failed", limit));
    }

    private void tell(final String text) {
        main.post(new Runnable() {
            @Override
            public void run() {
                if (!left) result.setText(text);
            }
        });
    }

    @Override
    public void tested(final int index, final Bitmap photo, final String label) {
        main.post(new Runnable() {
            @Override
            public void run() {
                if (!left) add(index, photo, label);
            }
        });
    }

    private void add(int index, Bitmap photo, String label) {
        ImageView image = new ImageView(this);
        image.setImageBitmap(photo);
        image.setContentDescription(Texts.of(this, "golden", index + 1, label));
        TextView name = new TextView(this);
        name.setText(label);
        list.addView(image);
        list.addView(name);
    }
}
