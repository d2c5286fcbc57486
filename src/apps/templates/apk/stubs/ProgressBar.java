package android.widget;

import android.content.Context;
import android.util.AttributeSet;
import android.view.View;

public class ProgressBar extends View {
    private int progress;

    public ProgressBar(Context context, AttributeSet attributes, int style) {
        super(context);
    }

    public int getProgress() {
        return progress;
    }

    public void setMax(int most) {}

    public void setProgress(int now) {
        progress = now;
    }
}
