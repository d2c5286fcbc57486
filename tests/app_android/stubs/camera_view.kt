// Signatures of androidx.camera 1.6 that the app uses, from its documented API.
package androidx.camera.view

import android.content.Context
import android.util.AttributeSet
import androidx.camera.core.Preview

class PreviewView(context: Context, attributes: AttributeSet?) : android.widget.FrameLayout(context, attributes) {
    enum class ScaleType { FILL_START, FILL_CENTER, FILL_END, FIT_START, FIT_CENTER, FIT_END }
    enum class ImplementationMode { PERFORMANCE, COMPATIBLE }

    var scaleType: ScaleType
        get() = TODO()
        set(value) = TODO()
    var implementationMode: ImplementationMode
        get() = TODO()
        set(value) = TODO()
    val surfaceProvider: Preview.SurfaceProvider get() = TODO()
}
