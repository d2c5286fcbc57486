// Signatures of androidx.camera 1.6 that the app uses, from its documented API.
package androidx.camera.lifecycle

import android.content.Context
import androidx.camera.core.Camera
import androidx.camera.core.CameraSelector
import androidx.camera.core.UseCase
import androidx.lifecycle.LifecycleOwner
import java.util.concurrent.Executor
import java.util.concurrent.Future

/** com.google.common.util.concurrent.ListenableFuture, which camera-core brings along. */
interface ListenableFuture<V> : Future<V> {
    fun addListener(listener: Runnable, executor: Executor)
}

class ProcessCameraProvider private constructor() {
    fun hasCamera(selector: CameraSelector): Boolean = TODO()
    fun bindToLifecycle(owner: LifecycleOwner, selector: CameraSelector, vararg useCases: UseCase?): Camera = TODO()
    fun unbindAll(): Unit = TODO()

    companion object {
        fun getInstance(context: Context): ListenableFuture<ProcessCameraProvider> = TODO()
    }
}
