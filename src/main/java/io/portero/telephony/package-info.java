/**
 * What telephony programs are set to listen on.
 *
 * <p>In come the texts of configuration files and command lines, out go ports and what each is for. Pure: an adapter finds
 * the files, on the host or in the file system of a container. It knows nothing of policies.
 */
@NullMarked
package io.portero.telephony;

import org.jspecify.annotations.NullMarked;
