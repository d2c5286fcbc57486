// Signatures of androidx.test that the app's test on devices uses, from its documented API.
package androidx.test.platform.app


class InstrumentationRegistry private constructor() {
    companion object {
        fun getInstrumentation(): android.app.Instrumentation = TODO()
    }
}
