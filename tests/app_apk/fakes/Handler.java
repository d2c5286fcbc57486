package android.os;

import java.util.ArrayDeque;
import java.util.Queue;

/** All handlers share one queue, which the test empties: nothing happens at once, everything in order. */
public class Handler {
    private static final Queue<Runnable> WORK = new ArrayDeque<Runnable>();

    public Handler(Looper looper) {}

    public final boolean post(Runnable work) {
        synchronized (WORK) {
            return WORK.add(work);
        }
    }

    public static void runAll() {
        for (;;) {
            Runnable work;
            synchronized (WORK) {
                work = WORK.poll();
            }
            if (work == null) return;
            work.run();
        }
    }
}
