package dev.pawprint.app.ui

import android.app.Application
import android.os.Handler
import android.os.Looper
import java.util.concurrent.Executors

/** Owns the classifier and the one thread that it runs on; both live as long as the app, whatever becomes of its screens. */
class App : Application() {
    val worker = Executors.newSingleThreadExecutor()
    private val main = Handler(Looper.getMainLooper())

    /** Loaded when first asked for; on [worker] only. */
    val classifier: Classifier by lazy { Classifier(assets) }

    /** Runs `work` on [worker] and hands what it gave, or why it failed, to the main thread. */
    fun <T> run(work: (Classifier) -> T, done: (Result<T>) -> Unit) {
        worker.execute {
            val result = runCatching { work(classifier) }
            main.post { done(result) }
        }
    }
}
