package dev.pawl.server;

import dev.pawl.api.Problem;
import dev.pawl.api.Problem.FieldProblem;
import dev.pawl.core.ErrorCode;
import dev.pawl.tool.FileRef;
import dev.pawl.tool.Pointer;
import io.helidon.http.HeaderNames;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.fileupload2.core.AbstractFileUpload;
import org.apache.commons.fileupload2.core.DiskFileItem;
import org.apache.commons.fileupload2.core.DiskFileItemFactory;
import org.apache.commons.fileupload2.core.FileItemInput;
import org.apache.commons.fileupload2.core.FileItemInputIterator;
import org.apache.commons.fileupload2.core.FileUploadException;
import org.apache.commons.fileupload2.core.RequestContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A submit as a form (https://www.rfc-editor.org/rfc/rfc7578): the part {@code job} is what else
 * would be the body, every other one a file, kept as it arrives, whose name says which field of the
 * input it fills.
 */
final class Form {
    static final String MEDIA_TYPE = "multipart/form-data";

    private static final String JOB = "job";
    private static final int FILES_MAX = 1_000;

    private Form() {}

    /** The job, with the files in its input. */
    static JsonNode job(Exchange exchange) {
        var files = new LinkedHashMap<String, FileRef>();
        JsonNode job = null;
        Incoming body = FileRoutes.body(exchange);
        try {
            FileItemInputIterator parts = new Parts().getItemIterator(new Whole(exchange, body));
            while (parts.hasNext()) {
                FileItemInput part = parts.next();
                String field = part.getFieldName() == null ? "" : part.getFieldName();
                if (field.equals(JOB) && job == null) job = job(exchange, part);
                else if (files.containsKey(field) || field.equals(JOB))
                    throw wrong(field, "is there twice; a list's files go to /NAME/0, /NAME/1");
                else files.put(field, file(exchange, field, part));
                if (files.size() > FILES_MAX)
                    throw wrong(field, "is one file more than the " + FILES_MAX + " of a form");
            }
        } catch (IOException e) {
            throw unreadable(e);
        }
        if (job == null) throw wrong(JOB, "is required: the job as JSON");
        files.forEach(new Placing(job)::place);
        return job;
    }

    private static JsonNode job(Exchange exchange, FileItemInput part) throws IOException {
        long max = exchange.options().jsonBytesMax();
        try (InputStream in = part.getInputStream()) {
            byte[] bytes = in.readNBytes((int) Math.min(max + 1, Integer.MAX_VALUE - 8));
            if (bytes.length > max)
                throw new Refused(
                        ErrorCode.INPUT_TOO_LARGE,
                        "part \"job\" has more than %,d bytes; give large texts as files"
                                .formatted(max));
            return Exchange.json(bytes, "part \"job\"");
        }
    }

    private static FileRef file(Exchange exchange, String field, FileItemInput part)
            throws IOException {
        if (part.isFormField())
            throw wrong(field, "is no file: it has no filename; give values in the part job");
        String given = String.valueOf(part.getName()).replace('\\', '/');
        String name = given.substring(given.lastIndexOf('/') + 1);
        if (!FileRef.isName(name)) throw wrong(field, "has \"" + given + "\" for a filename");
        String type = part.getContentType() == null ? "" : part.getContentType();
        try (InputStream in = new Content(part.getInputStream())) {
            return FileRoutes.kept(exchange, name, type, in);
        }
    }

    private static Refused wrong(String field, String message) {
        return wrong(List.of(new FieldProblem("/" + field.replaceFirst("^/", ""), message)));
    }

    private static Refused wrong(List<FieldProblem> errors) {
        FieldProblem first = errors.getFirst();
        String detail = "part \"%s\" %s".formatted(first.pointer().substring(1), first.message());
        return new Refused(Problem.of(ErrorCode.INPUT_INVALID, detail).withErrors(errors));
    }

    private static Refused unreadable(IOException e) {
        return Exchange.badRequest("the form can't be read: " + e.getMessage());
    }

    /** Puts files where their parts' names say. */
    private record Placing(JsonNode job) {
        void place(String field, FileRef file) {
            List<String> steps = field.startsWith("/") ? Pointer.steps(field) : List.of(field);
            // What isn't an object is refused with all that is wrong with the job.
            if (!(job instanceof ObjectNode whole)) return;
            JsonNode at = whole.has("input") ? whole.path("input") : whole.putObject("input");
            for (int i = 0; i < steps.size(); i++) {
                boolean last = i == steps.size() - 1;
                JsonNode next = last ? file.node() : container(steps.get(i + 1));
                at = step(field, at, steps.get(i), next, last);
            }
        }

        private static JsonNode container(String nextStep) {
            boolean list = nextStep.equals("-") || nextStep.equals("0");
            return list
                    ? JsonNodeFactory.instance.arrayNode()
                    : JsonNodeFactory.instance.objectNode();
        }

        /** Goes one step on; what is missing there becomes {@code next}. */
        private static JsonNode step(
                String field, JsonNode at, String name, JsonNode next, boolean last) {
            JsonNode there;
            if (at instanceof ObjectNode object) {
                there = object.path(name);
                if (there.isMissingNode()) object.set(name, next);
            } else if (at instanceof ArrayNode list) {
                int index = name.equals("-") ? list.size() : index(name);
                if (index < 0 || index > list.size())
                    throw wrong(field, "names no place in a list of " + list.size());
                there = list.path(index);
                if (there.isMissingNode()) list.add(next);
            } else throw wrong(field, "leads into a value that is neither object nor list");
            if (last && !there.isMissingNode()) throw wrong(field, "is given in the job as well");
            return there.isMissingNode() ? next : there;
        }

        private static int index(String text) {
            return text.matches("\\d{1,6}") ? Integer.parseInt(text) : -1;
        }
    }

    /** A part's content: a form that breaks off is the client's fault, not the disk's. */
    private static final class Content extends InputStream {
        private final InputStream in;

        Content(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() {
            try {
                return in.read();
            } catch (IOException e) {
                throw unreadable(e);
            }
        }

        @Override
        public int read(byte[] buffer, int offset, int count) {
            try {
                return in.read(buffer, offset, count);
            } catch (IOException e) {
                throw unreadable(e);
            }
        }
    }

    /** The library's way to a form's parts, one after another; it keeps none of them. */
    private static final class Parts
            extends AbstractFileUpload<Exchange, DiskFileItem, DiskFileItemFactory> {
        @Override
        public FileItemInputIterator getItemIterator(Exchange exchange) throws IOException {
            return getItemIterator(new Whole(exchange, FileRoutes.body(exchange)));
        }

        @Override
        public Map<String, List<DiskFileItem>> parseParameterMap(Exchange exchange)
                throws FileUploadException {
            return parseParameterMap(new Whole(exchange, FileRoutes.body(exchange)));
        }

        @Override
        public List<DiskFileItem> parseRequest(Exchange exchange) throws FileUploadException {
            return parseRequest(new Whole(exchange, FileRoutes.body(exchange)));
        }
    }

    /** The form as a whole, as the library wants it. */
    private record Whole(Exchange exchange, Incoming body) implements RequestContext {
        @Override
        public String getCharacterEncoding() {
            return "UTF-8";
        }

        @Override
        public long getContentLength() {
            return exchange.request().headers().contentLength().orElse(-1);
        }

        @Override
        public String getContentType() {
            return exchange.header(HeaderNames.CONTENT_TYPE).orElse("");
        }

        @Override
        public InputStream getInputStream() {
            return body;
        }

        @Override
        public boolean isMultipartRelated() {
            return false;
        }
    }
}
