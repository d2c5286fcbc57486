package pawprint.app;

/** What is done with scores: order, smoothing, comparison. */
final class Scores {
    private Scores() {}

    /** Indices of the `count` best, best first; of equal ones the lower index. */
    static int[] top(float[] scores, int count) {
        int[] out = new int[Math.min(count, scores.length)];
        boolean[] taken = new boolean[scores.length];
        for (int place = 0; place < out.length; ++place) {
            int best = -1;
            for (int i = 0; i < scores.length; ++i) {
                if (!taken[i] && (best < 0 || scores[i] > scores[best])) best = i;
            }
            taken[best] = true;
            out[place] = best;
        }
        return out;
    }

    static int best(float[] scores) {
        return top(scores, 1)[0];
    }

    /** Exponential smoothing over frames: `share` is what the new one counts for. */
    static float[] smooth(float[] before, float[] now, float share) {
        if (before == null || before.length != now.length) return now;
        float[] out = new float[now.length];
        for (int i = 0; i < out.length; ++i) out[i] = before[i] + share * (now[i] - before[i]);
        return out;
    }

    static double difference(float[] a, float[] b) {
        if (a.length != b.length) return Double.POSITIVE_INFINITY;
        double most = 0;
        for (int i = 0; i < a.length; ++i) {
            double apart = Math.abs((double) a[i] - b[i]);
            if (!(apart <= most)) most = apart; // also NaN
        }
        return most;
    }
}
