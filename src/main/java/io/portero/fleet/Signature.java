package io.portero.fleet;

import io.portero.fleet.Refusal.Kind;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * One signature as {@code ssh-keygen -Y sign} makes it (OpenSSH, PROTOCOL.sshsig).
 *
 * <p>Key and namespace are parsed to distinguish signers and for messages; only ssh-keygen verifies them.
 *
 * @param key the public key, in base 64
 */
public record Signature(String armoured, String key, String namespace) {
    static final String BEGIN = "-----BEGIN SSH SIGNATURE-----\n";
    static final String END = "-----END SSH SIGNATURE-----\n";

    private static final byte[] MAGIC = "SSHSIG".getBytes(StandardCharsets.US_ASCII);
    private static final int MOST_CHARACTERS = 16 * 1024;

    static Signature parse(String armoured) throws Refusal {
        if (armoured.length() > MOST_CHARACTERS || !armoured.startsWith(BEGIN) || !armoured.endsWith(END)) {
            throw damaged();
        }
        try {
            var blob = ByteBuffer.wrap(Base64.getMimeDecoder()
                    .decode(armoured.substring(BEGIN.length(), armoured.length() - END.length())));
            for (byte expected : MAGIC) {
                if (blob.get() != expected) {
                    throw damaged();
                }
            }
            blob.getInt(); // the version of the format
            var key = Base64.getEncoder().encodeToString(string(blob));
            return new Signature(armoured, key, new String(string(blob), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException | BufferUnderflowException e) {
            throw damaged();
        }
    }

    private static byte[] string(ByteBuffer blob) throws Refusal {
        int length = blob.getInt();
        if (length < 0 || length > blob.remaining()) {
            throw damaged();
        }
        var bytes = new byte[length];
        blob.get(bytes);
        return bytes;
    }

    private static Refusal damaged() {
        return new Refusal(Kind.MALFORMED, "the bundle is damaged: a signature cannot be read; sign and push it again");
    }
}
