package io.portero.migration;

import java.io.StringReader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** A small XML file as a tree. Entities and document types are off, so that a file cannot include anything else. */
final class Xml {
    private Xml() {}

    /** @param text its own text, without that of its children */
    record Element(String name, Map<String, String> attributes, List<Element> children, String text) {
        /** Empty if it is absent. */
        String get(String attribute) {
            return attributes.getOrDefault(attribute, "");
        }

        Stream<Element> all(String name) {
            return children.stream().filter(c -> c.name.equals(name));
        }

        @Override
        public String toString() {
            var words = attributes.entrySet().stream().map(a -> " " + a.getKey() + "=" + a.getValue());
            var within = children.stream().map(Element::toString).collect(Collectors.joining(" "));
            return name + words.collect(Collectors.joining()) + (within.isEmpty() ? "" : " (" + within + ")");
        }
    }

    private record Open(String name, Map<String, String> attributes, List<Element> children, StringBuilder text) {
        Element close() {
            return new Element(
                    name, attributes, List.copyOf(children), text.toString().strip());
        }
    }

    /** The root element; nothing if the text is no XML. */
    static Optional<Element> read(String text) {
        try {
            var factory = XMLInputFactory.newDefaultFactory();
            factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
            factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
            return Optional.of(tree(factory.createXMLStreamReader(new StringReader(text))));
        } catch (XMLStreamException e) {
            return Optional.empty();
        }
    }

    private static Element tree(XMLStreamReader reader) throws XMLStreamException {
        var open = new ArrayDeque<Open>();
        while (reader.hasNext()) {
            switch (reader.next()) {
                case XMLStreamConstants.START_ELEMENT ->
                    open.push(new Open(
                            reader.getLocalName(), attributes(reader), new ArrayList<>(), new StringBuilder()));
                case XMLStreamConstants.CHARACTERS -> {
                    if (!open.isEmpty()) {
                        open.element().text.append(reader.getText());
                    }
                }
                case XMLStreamConstants.END_ELEMENT -> {
                    var closed = open.pop().close();
                    if (open.isEmpty()) {
                        return closed;
                    }
                    open.element().children.add(closed);
                }
                default -> {} // comments and processing instructions
            }
        }
        throw new XMLStreamException("nothing stands in it");
    }

    private static Map<String, String> attributes(XMLStreamReader reader) {
        var attributes = new LinkedHashMap<String, String>();
        for (int i = 0; i < reader.getAttributeCount(); i++) {
            attributes.put(reader.getAttributeLocalName(i), reader.getAttributeValue(i));
        }
        return attributes;
    }
}
