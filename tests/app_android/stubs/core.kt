// Signatures of androidx.core that the app uses, from its documented API.
package androidx.core.content

import android.content.Context
import java.util.concurrent.Executor

open class ContextCompat protected constructor() {
    companion object {
        fun checkSelfPermission(context: Context, permission: String): Int = TODO()
        fun getMainExecutor(context: Context): Executor = TODO()
    }
}
