package android.view;

import android.content.Context;
import android.content.res.Resources;
import android.graphics.Canvas;

public class View {
    public static final int VISIBLE = 0;
    public static final int GONE = 8;
    public static final int ACCESSIBILITY_LIVE_REGION_POLITE = 1;
    public static final int IMPORTANT_FOR_ACCESSIBILITY_NO = 2;

    public interface OnClickListener {
        void onClick(View clicked);
    }

    private final Context context;
    private OnClickListener listener;
    private int visibility;
    private boolean enabled = true;

    public View(Context context) {
        this.context = context;
    }

    public final Context getContext() {
        return context;
    }

    public Resources getResources() {
        return context.getResources();
    }

    public final int getWidth() {
        return 100;
    }

    public final int getHeight() {
        return 100;
    }

    public int getVisibility() {
        return visibility;
    }

    public boolean isEnabled() {
        return enabled;
    }

    public boolean performClick() {
        if (listener != null) listener.onClick(this);
        return listener != null;
    }

    public void invalidate() {}

    protected void onDraw(Canvas canvas) {}

    public void setAccessibilityLiveRegion(int mode) {}

    public void setContentDescription(CharSequence text) {}

    public void setEnabled(boolean on) {
        enabled = on;
    }

    public void setFitsSystemWindows(boolean fits) {}

    public void setId(int id) {}

    public void setImportantForAccessibility(int mode) {}

    public void setLayoutParams(ViewGroup.LayoutParams size) {}

    public void setOnClickListener(OnClickListener told) {
        listener = told;
    }

    public void setPadding(int left, int top, int right, int bottom) {}

    public void setVisibility(int visible) {
        visibility = visible;
    }
}
