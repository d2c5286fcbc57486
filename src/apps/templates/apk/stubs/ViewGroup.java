package android.view;

import android.content.Context;
import java.util.ArrayList;
import java.util.List;

public abstract class ViewGroup extends View {
    public static class LayoutParams {
        public static final int MATCH_PARENT = -1;
        public int width;
        public int height;
    }

    private final List<View> children = new ArrayList<View>();

    public ViewGroup(Context context) {
        super(context);
    }

    public void addView(View child) {
        children.add(child);
    }

    public void addView(View child, LayoutParams size) {
        children.add(child);
    }

    public View getChildAt(int index) {
        return children.get(index);
    }

    public int getChildCount() {
        return children.size();
    }
}
