// Signatures of androidx.camera 1.6 that the app uses, from its documented API.
package androidx.camera.core

import androidx.camera.core.resolutionselector.ResolutionSelector
import java.nio.ByteBuffer
import java.util.concurrent.Executor

abstract class UseCase

interface Camera

class CameraSelector private constructor() {
    companion object {
        val DEFAULT_FRONT_CAMERA: CameraSelector get() = TODO()
        val DEFAULT_BACK_CAMERA: CameraSelector get() = TODO()
    }
}

interface ImageInfo {
    val rotationDegrees: Int
}

interface ImageProxy : AutoCloseable {
    interface PlaneProxy {
        val rowStride: Int
        val buffer: ByteBuffer
    }

    val width: Int
    val height: Int
    val planes: Array<PlaneProxy>
    val imageInfo: ImageInfo
    override fun close()
}

class ImageAnalysis private constructor() : UseCase() {
    fun interface Analyzer {
        fun analyze(image: ImageProxy)
    }

    class Builder {
        fun setResolutionSelector(selector: ResolutionSelector): Builder = TODO()
        fun setOutputImageFormat(format: Int): Builder = TODO()
        fun setBackpressureStrategy(strategy: Int): Builder = TODO()
        fun build(): ImageAnalysis = TODO()
    }

    fun setAnalyzer(executor: Executor, analyzer: Analyzer): Unit = TODO()

    companion object {
        const val STRATEGY_KEEP_ONLY_LATEST = 0
        const val OUTPUT_IMAGE_FORMAT_RGBA_8888 = 2
    }
}

class Preview private constructor() : UseCase() {
    fun interface SurfaceProvider {
        fun onSurfaceRequested(request: Any)
    }

    class Builder {
        fun setResolutionSelector(selector: ResolutionSelector): Builder = TODO()
        fun build(): Preview = TODO()
    }

    fun setSurfaceProvider(provider: SurfaceProvider?): Unit = TODO()
}
