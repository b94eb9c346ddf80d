# Gateway, worker, migrations and tools in one image; docker-compose.yml says which command runs. .ci/image runs these steps without Docker.
FROM node:24.11.1-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build

FROM node:24.11.1-slim
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev && npm cache clean --force
COPY --from=build /app/dist ./dist
# A volume that is mounted here takes over its owner.
RUN install -d -o node -g node -m 700 /data
USER node
ENV CONTEXTIQ_HOST=0.0.0.0 CONTEXTIQ_PORT=4000 CONTEXTIQ_DATA_DIR=/data
VOLUME /data
EXPOSE 4000
CMD ["node", "--enable-source-maps", "dist/src/main.js"]
