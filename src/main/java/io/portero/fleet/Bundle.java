package io.portero.fleet;

import io.portero.fleet.Refusal.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A signed text followed by its signatures, as it is transferred.
 *
 * @param signed the signed text; must not be trusted before verification
 */
public record Bundle(String signed, List<Signature> signatures) {
    /** The size limit of a NATS message, minus its headers. */
    public static final int MOST_BYTES = 1000 * 1000;

    private static final int MOST_SIGNATURES = 16;

    public Bundle {
        signatures = List.copyOf(signatures);
    }

    public String text() {
        var text = new StringBuilder(signed);
        signatures.forEach(s -> text.append(s.armoured()));
        return text.toString();
    }

    public byte[] bytes() {
        return text().getBytes(StandardCharsets.UTF_8);
    }

    /** The same with another signature, which replaces an earlier one by the same key. */
    public Bundle with(Signature more) {
        var all = new ArrayList<>(signatures);
        all.removeIf(s -> s.key().equals(more.key()));
        all.add(more);
        return new Bundle(signed, all);
    }

    /** Parses received bytes without verification. */
    public static Bundle parse(byte[] bytes) throws Refusal {
        if (bytes.length > MOST_BYTES) {
            throw new Refusal(
                    Kind.TOO_LARGE,
                    "the bundle has " + bytes.length + " bytes, and the maximum is " + MOST_BYTES + "; move"
                            + " long groups into lists/");
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new Refusal(Kind.MALFORMED, "the bundle is damaged: it is not text; sign and push it again");
        }
        int start = text.indexOf(Signature.BEGIN);
        if (start < 0) {
            throw new Refusal(Kind.UNSIGNED, "the bundle is not signed; sign it: portero fleet sign");
        }
        var signatures = new ArrayList<Signature>();
        var rest = text.substring(start);
        while (!rest.isEmpty()) {
            int end = rest.indexOf(Signature.END);
            if (!rest.startsWith(Signature.BEGIN) || end < 0 || signatures.size() == MOST_SIGNATURES) {
                throw new Refusal(
                        Kind.MALFORMED, "the bundle is damaged: its signatures are incomplete; sign and push it again");
            }
            end += Signature.END.length();
            signatures.add(Signature.parse(rest.substring(0, end)));
            rest = rest.substring(end);
        }
        return new Bundle(text.substring(0, start), signatures);
    }
}
