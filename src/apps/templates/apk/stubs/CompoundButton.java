package android.widget;

import android.content.Context;

public abstract class CompoundButton extends Button {
    private boolean checked;

    public CompoundButton(Context context) {
        super(context);
    }

    public boolean isChecked() {
        return checked;
    }

    public void setChecked(boolean on) {
        checked = on;
    }
}
