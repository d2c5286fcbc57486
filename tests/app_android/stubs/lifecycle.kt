// Signatures of androidx.lifecycle that the app uses, from its documented API.
package androidx.lifecycle

interface LifecycleOwner
