package pawprint.app;

import android.content.Context;
import android.view.View;
import android.widget.LinearLayout;
import android.widget.ProgressBar;
import android.widget.TextView;
import java.text.NumberFormat;

/** The verdict, and the three best answers with a bar each. */
final class AnswerView extends LinearLayout {
    private static final int ROWS = 3;
    private static final int STEPS = 1000;

    private final TextView verdict;
    private final TextView hint;
    private final TextView[] names = new TextView[ROWS];
    private final ProgressBar[] bars = new ProgressBar[ROWS];
    private final NumberFormat percent = NumberFormat.getPercentInstance();

    AnswerView(Context context) {
        super(context);
        setOrientation(VERTICAL);
        percent.setMaximumFractionDigits(1);
        verdict = new TextView(context);
        verdict.setTextSize(24);
        // Said aloud when it changes.
        verdict.setAccessibilityLiveRegion(View.ACCESSIBILITY_LIVE_REGION_POLITE);
        hint = new TextView(context);
        addView(verdict);
        addView(hint);
        for (int i = 0; i < ROWS; ++i) {
            names[i] = new TextView(context);
            bars[i] = new ProgressBar(context, null, android.R.attr.progressBarStyleHorizontal);
            bars[i].setMax(STEPS);
            // The line above says it.
            bars[i].setImportantForAccessibility(View.IMPORTANT_FOR_ACCESSIBILITY_NO);
            addView(names[i]);
            addView(bars[i]);
        }
        clear();
    }

    void clear() {
        say(verdict, "");
        say(hint, "");
        for (int i = 0; i < ROWS; ++i) {
            names[i].setVisibility(GONE);
            bars[i].setVisibility(GONE);
        }
    }

    void show(Model model, float[] scores) {
        int[] order = Scores.top(scores, ROWS);
        boolean sure = scores[order[0]] >= model.threshold;
        say(verdict, sure ? model.labels[order[0]] : Texts.of(getContext(), "not_sure"));
        say(hint, sure ? "" : Texts.of(getContext(), "not_sure_hint"));
        hint.setVisibility(sure ? GONE : VISIBLE);
        for (int i = 0; i < order.length; ++i) {
            float score = scores[order[i]];
            say(names[i], Texts.of(getContext(), "answer", model.labels[order[i]], percent.format(score)));
            bars[i].setProgress(Math.round(STEPS * Math.min(Math.max(score, 0), 1)));
            names[i].setVisibility(VISIBLE);
            bars[i].setVisibility(VISIBLE);
        }
    }

    // A screen reader tells of every text that is set, also of an equal one.
    private static void say(TextView view, String text) {
        if (!text.contentEquals(view.getText())) view.setText(text);
    }
}
