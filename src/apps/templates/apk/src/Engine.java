package pawprint.app;

import java.nio.ByteBuffer;

/** The engine in C (include/paw/paw.h), through src/apps/jni. Handles are 0, booleans false after a failure: lastError. */
final class Engine {
    static {
        System.loadLibrary("paw");
    }

    private Engine() {}

    static native String lastError();

    static native long loadPlan(ByteBuffer plan);

    static native void freePlan(long plan);

    static native int outputs(long plan);

    static native int[] shape(long plan, int output);

    static native long createSession(long plan, int threads);

    static native void freeSession(long session);

    static native boolean setPhoto(long session, int[] integers, double[] reals, ByteBuffer pixels, int width, int height);

    static native boolean run(long session);

    static native boolean read(long session, int output, ByteBuffer floats, int count);

    static native boolean take(long from, int output, long to);

    static native double[] window(int[] integers, double[] reals, int width, int height);
}
