package android.graphics;

public class Canvas {
    public void drawColor(int colour) {}

    public void drawBitmap(Bitmap bitmap, float x, float y, Paint paint) {}

    public void drawBitmap(Bitmap bitmap, Rect from, RectF to, Paint paint) {}

    public void drawRect(RectF place, Paint paint) {}

    public void translate(float x, float y) {}

    public void scale(float x, float y) {}

    public final void scale(float x, float y, float aroundX, float aroundY) {}
}
