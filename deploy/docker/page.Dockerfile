# The browser page, and the server that stands before the gateway.
FROM node:20-bookworm-slim AS page
WORKDIR /build
COPY frontend/package.json frontend/package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund
COPY frontend/ ./
RUN npm run build

FROM nginx:1.28
COPY deploy/proxy/nginx.conf /etc/nginx/nginx.conf
COPY deploy/proxy/snippets/ /etc/nginx/snippets/
COPY --from=page /build/dist /usr/share/nginx/html
# Whatever umask the checkout was made under.
RUN chmod -R a+rX /etc/nginx /usr/share/nginx/html
# Not the image's own user: its id differs between builds of nginx. Nothing here needs to be written.
USER 10001:10001
EXPOSE 8080
