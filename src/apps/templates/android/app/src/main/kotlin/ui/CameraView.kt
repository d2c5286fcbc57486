package dev.pawprint.app.ui

import android.util.Size
import androidx.activity.ComponentActivity
import androidx.camera.core.CameraSelector
import androidx.camera.core.ImageAnalysis
import androidx.camera.core.ImageProxy
import androidx.camera.core.Preview
import androidx.camera.core.resolutionselector.AspectRatioStrategy
import androidx.camera.core.resolutionselector.ResolutionSelector
import androidx.camera.core.resolutionselector.ResolutionStrategy
import androidx.camera.lifecycle.ProcessCameraProvider
import androidx.camera.view.PreviewView
import androidx.core.content.ContextCompat
import dev.pawprint.app.core.FrameReader
import dev.pawprint.app.core.Photo

/**
 * The camera, for as long as the activity is on the screen. Frames go to `onFrame` on the worker's thread, one at a time; those that
 * come while it is busy are dropped.
 */
class CameraView(
    private val activity: ComponentActivity,
    private val view: PreviewView,
    private val app: App,
    private val onFrame: (Photo) -> Unit,
) {
    private val frames = FrameReader()
    private var provider: ProcessCameraProvider? = null
    var front = false

    init {
        view.scaleType = PreviewView.ScaleType.FIT_CENTER // all of the frame, under the overlay
        view.implementationMode = PreviewView.ImplementationMode.COMPATIBLE
    }

    /** `done`: whether there is more than one camera; or why there is none. */
    fun start(done: (Result<Boolean>) -> Unit) {
        val coming = ProcessCameraProvider.getInstance(activity)
        coming.addListener({ done(runCatching { bind(coming.get()) }) }, ContextCompat.getMainExecutor(activity))
    }

    fun stop() {
        provider?.unbindAll()
    }

    private fun bind(ready: ProcessCameraProvider): Boolean {
        provider = ready
        val back = ready.hasCamera(CameraSelector.DEFAULT_BACK_CAMERA)
        val other = ready.hasCamera(CameraSelector.DEFAULT_FRONT_CAMERA)
        if (!back && !other) throw NoCamera()
        front = if (front) other else !back
        val preview = Preview.Builder().setResolutionSelector(resolution()).build()
        preview.setSurfaceProvider(view.surfaceProvider)
        ready.unbindAll()
        val selector = if (front) CameraSelector.DEFAULT_FRONT_CAMERA else CameraSelector.DEFAULT_BACK_CAMERA
        ready.bindToLifecycle(activity, selector, preview, analysis())
        return back && other
    }

    private fun analysis(): ImageAnalysis {
        val analysis = ImageAnalysis.Builder()
            .setResolutionSelector(resolution())
            .setOutputImageFormat(ImageAnalysis.OUTPUT_IMAGE_FORMAT_RGBA_8888)
            .setBackpressureStrategy(ImageAnalysis.STRATEGY_KEEP_ONLY_LATEST)
            .build()
        analysis.setAnalyzer(app.worker) { image -> image.use { onFrame(upright(it)) } } // closed, or frames stall
        return analysis
    }

    private fun upright(image: ImageProxy): Photo {
        val plane = image.planes[0]
        return frames.read(plane.buffer, image.width, image.height, plane.rowStride, image.imageInfo.rotationDegrees)
    }

    // The same shape for both, so that the preview shows what the model is given.
    private fun resolution(): ResolutionSelector = ResolutionSelector.Builder()
        .setAspectRatioStrategy(AspectRatioStrategy.RATIO_4_3_FALLBACK_AUTO_STRATEGY)
        .setResolutionStrategy(ResolutionStrategy(Size(640, 480), ResolutionStrategy.FALLBACK_RULE_CLOSEST_HIGHER_THEN_LOWER))
        .build()
}

class NoCamera : Exception()
