package io.portero.guests;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The outcome of an order.
 *
 * @param guests the guests that were let in or ended
 * @param failure why the order was not carried out, as one sentence
 * @param remarks clauses about what prevents its effect, or what else could not be done
 */
public record GuestReport(List<Guest> guests, Optional<String> failure, List<String> remarks) {
    public GuestReport {
        guests = List.copyOf(guests);
        remarks = List.copyOf(remarks);
    }

    public static GuestReport failed(String why) {
        return new GuestReport(List.of(), Optional.of(why), List.of());
    }

    public GuestReport with(Optional<String> remark) {
        return new GuestReport(
                guests,
                failure,
                Stream.concat(remarks.stream(), remark.stream()).toList());
    }
}
