package io.portero.policy;

/** Prints an IPv6 address as RFC 5952 asks. */
final class Ip6Text {
    private Ip6Text() {}

    static String of(long high, long low) {
        int longestStart = -1;
        int longest = 1; // a single zero group is not shortened
        for (int i = 0; i < 8; i++) {
            int run = 0;
            while (i + run < 8 && group(high, low, i + run) == 0) {
                run++;
            }
            if (run > longest) {
                longest = run;
                longestStart = i;
            }
            i += run;
        }
        var text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == longestStart) {
                text.append("::");
                i += longest - 1;
            } else {
                if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                    text.append(':');
                }
                text.append(Integer.toHexString(group(high, low, i)));
            }
        }
        return text.toString();
    }

    private static int group(long high, long low, int index) {
        long half = index < 4 ? high : low;
        return (int) (half >>> (48 - 16 * (index % 4)) & 0xffff);
    }
}
