// Signatures of androidx.annotation that the app uses, from its documented API.
package androidx.annotation

annotation class RequiresApi(val value: Int)
