package pawprint.app;

import android.content.Context;
import android.graphics.Bitmap;
import android.graphics.Canvas;
import android.graphics.Color;
import android.graphics.Paint;
import android.graphics.RectF;
import android.view.View;

/** The photo or frame, the square that the model saw of it and, over it, where it found its answer. */
final class PhotoView extends View {
    private static final int SEEN = 0xFFFFD400;
    private static final int HEAT = 0xFF3C00;
    private static final float STRONGEST = 190;

    private final Paint paint = new Paint(Paint.FILTER_BITMAP_FLAG | Paint.ANTI_ALIAS_FLAG);
    private final RectF place = new RectF();
    private Bitmap photo;
    private Bitmap heat;
    private double[] window;
    private boolean mirrored;

    PhotoView(Context context) {
        super(context);
    }

    /** Null: nothing to see. A front camera's picture is shown as in a mirror. */
    void setPhoto(Bitmap shown, boolean asInMirror) {
        if (shown == null || photo == null || shown.getWidth() != photo.getWidth() || shown.getHeight() != photo.getHeight()) {
            window = null;
            heat = null;
        }
        photo = shown;
        mirrored = asInMirror;
        invalidate();
    }

    void setSeen(double[] seen, Classifier.ClassMap map) {
        window = seen;
        heat = map == null ? null : picture(map);
        invalidate();
    }

    /** A map's positive part, as strong as its largest number. */
    static int[] colours(Classifier.ClassMap map) {
        float most = 1e-9f;
        for (float value : map.values) most = Math.max(most, value);
        int[] out = new int[map.values.length];
        for (int i = 0; i < out.length; ++i) {
            int alpha = Math.round(STRONGEST * Math.max(map.values[i], 0) / most);
            out[i] = alpha << 24 | HEAT;
        }
        return out;
    }

    private static Bitmap picture(Classifier.ClassMap map) {
        return Bitmap.createBitmap(colours(map), map.width, map.height, Bitmap.Config.ARGB_8888);
    }

    @Override
    protected void onDraw(Canvas canvas) {
        canvas.drawColor(Color.BLACK);
        if (photo == null) return;
        float scale = Math.min((float) getWidth() / photo.getWidth(), (float) getHeight() / photo.getHeight());
        canvas.translate((getWidth() - scale * photo.getWidth()) / 2, (getHeight() - scale * photo.getHeight()) / 2);
        canvas.scale(scale, scale);
        if (mirrored) canvas.scale(-1, 1, photo.getWidth() / 2f, 0);
        paint.setStyle(Paint.Style.FILL);
        paint.setColor(Color.BLACK);
        canvas.drawBitmap(photo, 0, 0, paint);
        if (window == null) return;
        place.set((float) window[0], (float) window[1], (float) (window[0] + window[2]), (float) (window[1] + window[3]));
        if (heat != null) canvas.drawBitmap(heat, null, place, paint);
        paint.setStyle(Paint.Style.STROKE);
        paint.setColor(SEEN);
        paint.setStrokeWidth(3 * getResources().getDisplayMetrics().density / scale);
        canvas.drawRect(place, paint);
    }
}
