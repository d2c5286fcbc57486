package pawprint.app;

import android.Manifest;
import android.app.Activity;
import android.content.ActivityNotFoundException;
import android.content.Intent;
import android.content.pm.PackageManager;
import android.content.res.Configuration;
import android.graphics.Bitmap;
import android.net.Uri;
import android.os.Bundle;
import android.os.Handler;
import android.os.HandlerThread;
import android.view.View;
import android.view.ViewGroup;
import android.view.WindowManager;
import android.widget.Button;
import android.widget.CheckBox;
import android.widget.LinearLayout;
import android.widget.ScrollView;
import android.widget.TextView;
import java.io.IOException;
import java.util.Locale;

/** Camera or picked photo to the classifier, its answers to the screen. Everything heavy is off the main thread. */
public final class MainActivity extends Activity implements View.OnClickListener, CameraFeed.Listener {
    private static final int ASK_CAMERA = 1;
    private static final int PICK_PHOTO = 2;
    private static final float SMOOTHING = 0.3f;
    private static final int THREADS = 2;

    // Numbers by which the system keeps the state of switches.
    private static final int ID_SMOOTH = 101;
    private static final int ID_WHY = 102;

    private LinearLayout root;
    private PhotoView view;
    private AnswerView answers;
    private TextView message;
    private TextView speed;
    private CheckBox smooth;
    private CheckBox why;
    private Button camera;
    private Button turn;
    private Button pick;
    private Button test;

    private CameraFeed feed;
    private HandlerThread thread;
    private Handler worker; // of the classifier
    private final Handler main = new Handler(android.os.Looper.getMainLooper());
    private Classifier classifier; // touched by the worker alone, but for its model
    private volatile boolean busy; // a frame is being classified: others are shown, not classified
    private boolean inFront;
    private boolean gone;
    private boolean wanted; // the camera runs, or will when the app is in front
    private boolean asked; // for the camera, since the app was started
    private float[] shown; // smoothed scores
    private volatile int turns; // what an older source of pictures says does not count
    private final Bitmap[] frames = new Bitmap[3]; // shown, being drawn, being filled
    private int nextFrame;

    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        build();
        feed = new CameraFeed(this, this);
        thread = new HandlerThread("classifier");
        thread.start();
        worker = new Handler(thread.getLooper());
        say("starting");
        worker.post(new Runnable() {
            @Override
            public void run() {
                load();
            }
        });
    }

    private Button button(String text) {
        Button out = new Button(this);
        out.setText(Texts.of(this, text));
        out.setOnClickListener(this);
        return out;
    }

    private CheckBox box(String text, int id, boolean on) {
        CheckBox out = new CheckBox(this);
        out.setText(Texts.of(this, text));
        out.setId(id);
        out.setChecked(on);
        return out;
    }

    private void build() {
        view = new PhotoView(this);
        view.setContentDescription(Texts.of(this, "picture"));
        answers = new AnswerView(this);
        message = new TextView(this);
        message.setAccessibilityLiveRegion(View.ACCESSIBILITY_LIVE_REGION_POLITE);
        speed = new TextView(this);
        smooth = box("smooth", ID_SMOOTH, true);
        why = box("why", ID_WHY, false);
        camera = button("stop_camera");
        turn = button("turn_camera");
        pick = button("pick_photo");
        test = button("self_test");
        LinearLayout controls = new LinearLayout(this);
        controls.setOrientation(LinearLayout.VERTICAL);
        int space = Math.round(12 * getResources().getDisplayMetrics().density);
        controls.setPadding(space, space, space, space);
        for (View part : new View[] {message, answers, speed, smooth, why, camera, turn, pick, test}) controls.addView(part);
        ScrollView below = new ScrollView(this);
        below.addView(controls);
        root = new LinearLayout(this);
        root.setFitsSystemWindows(true); // clear of the bars of the system
        root.addView(view, share());
        root.addView(below, share());
        arrange(getResources().getConfiguration());
        setContentView(root);
        turn.setVisibility(View.GONE);
    }

    private static LinearLayout.LayoutParams share() {
        return new LinearLayout.LayoutParams(0, 0, 1);
    }

    // Picture and controls below or beside each other.
    private void arrange(Configuration configuration) {
        boolean wide = configuration.orientation == Configuration.ORIENTATION_LANDSCAPE;
        root.setOrientation(wide ? LinearLayout.HORIZONTAL : LinearLayout.VERTICAL);
        for (int i = 0; i < root.getChildCount(); ++i) {
            LinearLayout.LayoutParams size = share();
            if (wide) size.height = ViewGroup.LayoutParams.MATCH_PARENT;
            if (!wide) size.width = ViewGroup.LayoutParams.MATCH_PARENT;
            root.getChildAt(i).setLayoutParams(size);
        }
    }

    @Override
    public void onConfigurationChanged(Configuration configuration) {
        super.onConfigurationChanged(configuration);
        arrange(configuration);
        feed.setDisplayRotation(rotation());
    }

    @SuppressWarnings("deprecation") // its successor came with Android 11
    private int rotation() {
        return getWindowManager().getDefaultDisplay().getRotation();
    }

    private void say(String text, Object... values) {
        message.setText(text == null ? "" : Texts.of(this, text, values));
    }

    // On the worker.
    private void load() {
        try {
            final Classifier loaded = new Classifier(getAssets(), THREADS);
            main.post(new Runnable() {
                @Override
                public void run() {
                    ready(loaded);
                }
            });
        } catch (final IOException broken) {
            main.post(new Runnable() {
                @Override
                public void run() {
                    say("load_failed", broken.getMessage());
                }
            });
        }
    }

    private void ready(Classifier loaded) {
        if (gone) {
            loaded.close();
            return;
        }
        classifier = loaded;
        why.setEnabled(loaded.model.why != null);
        if (loaded.model.why == null) why.setText(Texts.of(this, "no_why"));
        wanted = true;
        if (inFront) startCamera();
        else say("camera_off");
    }

    @Override
    protected void onStart() {
        super.onStart();
        inFront = true;
        if (wanted && classifier != null) startCamera();
    }

    // In the background the camera rests: other apps may want it.
    @Override
    protected void onStop() {
        inFront = false;
        feed.close();
        super.onStop();
    }

    @Override
    protected void onDestroy() {
        gone = true;
        feed.close();
        final Classifier last = classifier;
        worker.post(new Runnable() {
            @Override
            public void run() {
                if (last != null) last.close();
                thread.quit();
            }
        });
        super.onDestroy();
    }

    private void startCamera() {
        if (checkSelfPermission(Manifest.permission.CAMERA) != PackageManager.PERMISSION_GRANTED) {
            if (!asked) {
                asked = true;
                requestPermissions(new String[] {Manifest.permission.CAMERA}, ASK_CAMERA);
            } else {
                stopCamera("camera_denied");
            }
            return;
        }
        forget();
        wanted = true;
        say(null);
        camera.setText(Texts.of(this, "stop_camera"));
        turn.setVisibility(feed.hasBoth() ? View.VISIBLE : View.GONE);
        getWindow().addFlags(WindowManager.LayoutParams.FLAG_KEEP_SCREEN_ON);
        feed.setDisplayRotation(rotation());
        feed.open();
    }

    private void stopCamera(String text) {
        wanted = false;
        feed.close();
        forget();
        view.setPhoto(null, false);
        camera.setText(Texts.of(this, "start_camera"));
        turn.setVisibility(View.GONE);
        getWindow().clearFlags(WindowManager.LayoutParams.FLAG_KEEP_SCREEN_ON);
        say(text);
    }

    private void forget() {
        ++turns;
        shown = null;
        answers.clear();
        speed.setText("");
    }

    @Override
    public void onRequestPermissionsResult(int code, String[] permissions, int[] results) {
        super.onRequestPermissionsResult(code, permissions, results);
        if (code != ASK_CAMERA) return;
        boolean granted = results.length > 0 && results[0] == PackageManager.PERMISSION_GRANTED;
        if (granted) startCamera();
        else stopCamera("camera_denied");
    }

    @Override
    public void onClick(View clicked) {
        if (classifier == null) return;
        if (clicked == camera && wanted) {
            stopCamera("camera_off");
        } else if (clicked == camera) {
            asked = false;
            startCamera();
        } else if (clicked == turn) {
            feed.front = !feed.front;
            startCamera();
        } else if (clicked == pick) {
            pickPhoto();
        } else if (clicked == test) {
            stopCamera("camera_off");
            startActivity(new Intent(this, SelfTestActivity.class));
        }
    }

    private void pickPhoto() {
        Intent intent = new Intent(Intent.ACTION_OPEN_DOCUMENT);
        intent.addCategory(Intent.CATEGORY_OPENABLE);
        intent.setType("image/*");
        try {
            startActivityForResult(intent, PICK_PHOTO);
        } catch (ActivityNotFoundException none) {
            say("no_picker");
        }
    }

    @Override
    protected void onActivityResult(int request, int result, Intent data) {
        super.onActivityResult(request, result, data);
        if (request != PICK_PHOTO || result != RESULT_OK || data == null || data.getData() == null) return;
        stopCamera(null);
        final Uri picked = data.getData();
        final int now = turns;
        final boolean explain = why.isChecked();
        worker.post(new Runnable() {
            @Override
            public void run() {
                try {
                    classify(PickedPhoto.read(getContentResolver(), picked), now, explain, true);
                } catch (IOException unreadable) {
                    fail(now, "bad_photo");
                }
            }
        });
    }

    // On the camera's thread.
    @Override
    public void frame(final Photo photo, final boolean front) {
        nextFrame = (nextFrame + 1) % frames.length;
        frames[nextFrame] = photo.bitmap(frames[nextFrame]);
        final Bitmap bitmap = frames[nextFrame];
        final int now = turns;
        main.post(new Runnable() {
            @Override
            public void run() {
                if (now == turns && wanted) view.setPhoto(bitmap, front);
            }
        });
        if (busy) return;
        busy = true;
        final Photo copy = copied(photo);
        final boolean explain = why.isChecked();
        worker.post(new Runnable() {
            @Override
            public void run() {
                classify(copy, now, explain, false);
                busy = false;
            }
        });
    }

    private Photo kept; // the worker's: while it is busy nobody else touches it

    private Photo copied(Photo photo) {
        if (kept == null || kept.width != photo.width || kept.height != photo.height) {
            kept = new Photo(photo.width, photo.height);
        }
        kept.pixels.rewind();
        photo.pixels.rewind();
        kept.pixels.put(photo.pixels);
        kept.pixels.rewind();
        return kept;
    }

    @Override
    public void failed(final String text) {
        fail(turns, text);
    }

    private void fail(final int turn, final String text) {
        main.post(new Runnable() {
            @Override
            public void run() {
                if (turn == turns) stopCamera(text);
            }
        });
    }

    // On the worker. A picked photo is shown here; frames are shown as they come.
    private void classify(final Photo photo, final int turn, boolean explain, final boolean picked) {
        try {
            final Classifier.Answer answer = classifier.classify(photo, explain);
            final Bitmap bitmap = picked ? photo.bitmap(null) : null;
            main.post(new Runnable() {
                @Override
                public void run() {
                    if (turn != turns) return;
                    if (picked) view.setPhoto(bitmap, false);
                    show(answer, !picked);
                }
            });
        } catch (IOException broken) {
            fail(turn, picked ? "bad_photo" : "camera_busy");
        }
    }

    private void show(Classifier.Answer answer, boolean live) {
        shown = live && smooth.isChecked() ? Scores.smooth(shown, answer.scores, SMOOTHING) : answer.scores;
        answers.show(classifier.model, shown);
        view.setSeen(answer.window, answer.map);
        speed.setText(Texts.of(this, "milliseconds", String.format(Locale.getDefault(), "%.0f", answer.milliseconds)));
    }
}
