// Signatures of androidx.test that the app's test on devices uses, from its documented API.
package androidx.test.ext.junit.runners

class AndroidJUnit4(klass: Class<*>) : org.junit.runner.Runner() {
    override fun getDescription(): org.junit.runner.Description = TODO()
    override fun run(notifier: org.junit.runner.notification.RunNotifier): Unit = TODO()
}
